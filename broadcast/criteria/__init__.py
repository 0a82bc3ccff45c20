"""Who a broadcast is for, in a small language: `gender=female,journey_stage=none,last_seen<7d`. Pure."""
