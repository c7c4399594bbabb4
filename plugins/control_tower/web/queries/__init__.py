"""What the web reads: one SQL file of `sql/web` per question. API and pages ask here and nowhere else."""
