"""What every part of the API stands on: who asks, how often, and what may be sent twice."""
