"""What the web reads: one SQL file of `sql/8_web` per question. API and pages ask here and nowhere else."""
