"""The only writers of people, teams and branding: one verb, one function, one trail entry."""
