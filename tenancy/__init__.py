"""Who belongs where and may do what: organisations, people, memberships, roles, the wall, the trail."""
