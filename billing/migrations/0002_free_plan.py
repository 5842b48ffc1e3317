"""The plan everybody starts with; its allowance is the site's default."""

from django.db import migrations


def add_free_plan(apps, schema_editor):
    Plan = apps.get_model("billing", "Plan")
    Plan.objects.using(schema_editor.connection.alias).get_or_create(
        code="free",
        defaults={
            "name": "Free",
            "description": "Every feature, a few backtests a day.",
        },
    )


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]
    operations = [migrations.RunPython(add_free_plan, migrations.RunPython.noop)]
