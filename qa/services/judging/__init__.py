"""People's evaluations beside the machine's, and how far the two agree."""
