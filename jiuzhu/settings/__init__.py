"""Settings by purpose: local (make run), test, production. The environment is read here and nowhere else."""
