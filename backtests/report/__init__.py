"""What a report says: facts, verdict, chart data, Markdown. Figures come from `engine` only."""
