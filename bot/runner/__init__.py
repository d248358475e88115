"""Who does it when. One contract, two runners: in this process, or jobs on PostgreSQL."""
