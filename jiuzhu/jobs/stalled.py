"""A worker that died leaves its jobs behind as "doing"; this puts them back (effects carry unique keys)."""

from __future__ import annotations

from procrastinate.contrib.django import app

_SILENT_SECONDS = 60


@app.periodic(cron="*/2 * * * *")
@app.task(name="jobs.requeue_stalled", queueing_lock="jobs.requeue_stalled")
async def requeue_stalled(timestamp: int) -> None:
    for stalled in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_SILENT_SECONDS):
        await app.job_manager.retry_job(stalled)
