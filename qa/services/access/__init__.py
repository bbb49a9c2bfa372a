"""Who is signed in, what they may do, and what they did."""
