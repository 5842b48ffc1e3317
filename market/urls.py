"""`/data/…`"""

from django.urls import path

from market import views

app_name = "market"

urlpatterns = [
    path("", views.symbols, name="data"),
    path("<str:ticker>/", views.symbol, name="symbol"),
]
