"""Addresses of the money screens; names are reversed as office:name."""

from django.urls import path

from jiuzhu.office.money import funds, lines, runs

urlpatterns = [
    path("", runs.listing, name="runs"),
    path("funds/", funds.listing, name="funds"),
    path("funds/propose/", funds.propose, name="fund-propose"),
    path("funds/top-ups/<int:top_up_id>/confirm/", funds.confirm, name="fund-confirm"),
    path("funds/top-ups/<int:top_up_id>/cancel/", funds.cancel, name="fund-cancel"),
    path("funds/<int:town_id>/", funds.fund, name="fund"),
    path("funds/<int:town_id>/close/", funds.close, name="fund-close"),
    path("funds/entries/<int:entry_id>/return/", funds.give_back, name="fund-return"),
    path("build/", runs.build, name="money-build"),
    path("returns/", lines.returns, name="money-returns"),
    path("lines/<int:line_id>/", lines.line, name="money-line"),
    path("<int:run_id>/", runs.run, name="money-run"),
    path("<int:run_id>/do/<slug:key>/", runs.move, name="money-move"),
    path("<int:run_id>/return/", runs.upload, name="money-upload"),
    path("<int:run_id>/files/<int:file_id>/", runs.bank_file, name="money-file"),
    path("<int:run_id>/lists/<int:paper_id>/", runs.pay_list, name="money-list"),
]
