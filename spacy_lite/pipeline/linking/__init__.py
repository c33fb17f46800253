"""Entity linking: mentions and what they may mean, and the components that decide."""
