"""What ``make bench`` measures: ratios of one run on one machine, never a test that passes or fails."""
