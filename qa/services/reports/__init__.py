"""Reports of the boards that go out by e-mail: who gets which, when, and what became of each."""
