"""`/api/sweeps…`"""

from django.urls import path

from sweeps.api import views

urlpatterns = [
    path("sweeps", views.SweepList.as_view(), name="api-sweeps"),
    path("sweeps/<uuid:sweep_id>", views.SweepDetail.as_view(), name="api-sweep"),
    path("sweeps/<uuid:sweep_id>/cancel", views.SweepCancel.as_view(), name="api-sweep-cancel"),
    path("sweeps/<uuid:sweep_id>/results", views.SweepResults.as_view(), name="api-sweep-results"),
]
