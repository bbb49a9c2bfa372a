"""The detectors of personal data, one a file; ``registry`` names them."""
