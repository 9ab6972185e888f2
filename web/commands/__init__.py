"""The commands of `pepway`, one module each."""
