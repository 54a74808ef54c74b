"""How a job is asked for and run: requests, reports, runners, the context of a job, held partitions.

Here belongs what all jobs share beside the audit: which days a job looks at, the published tariff, what an open or
closed month has left for another. What a stage does belongs in `stages`; how tasks are spread, in `spark`.
"""
