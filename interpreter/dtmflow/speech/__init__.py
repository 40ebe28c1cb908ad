"""Providers of speech behind `ports.Synthesizer`: text in, PCM out. Knows nothing of calls."""
