"""What the controls of each stage look at: collected here, judged in `audit.controls`."""
