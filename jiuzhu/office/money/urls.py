"""Addresses of the money screens; names are reversed as office:name."""

from django.urls import path

from jiuzhu.office.money import lines, runs

urlpatterns = [
    path("", runs.listing, name="runs"),
    path("build/", runs.build, name="money-build"),
    path("returns/", lines.returns, name="money-returns"),
    path("lines/<int:line_id>/", lines.line, name="money-line"),
    path("<int:run_id>/", runs.run, name="money-run"),
    path("<int:run_id>/do/<slug:key>/", runs.move, name="money-move"),
    path("<int:run_id>/return/", runs.upload, name="money-upload"),
    path("<int:run_id>/files/<int:file_id>/", runs.bank_file, name="money-file"),
    path("<int:run_id>/lists/<int:paper_id>/", runs.pay_list, name="money-list"),
]
