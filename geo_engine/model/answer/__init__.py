"""What a run answers: surfaces, ranked sites, what was dropped, and the ways to and from sites."""
