"""`python -m spacy_lite`, and the console script: the command line."""


def main() -> None:
    """Run the command line. It is loaded here, so that importing this module costs nothing."""
    from spacy_lite.cli import setup_cli

    setup_cli()


if __name__ == "__main__":
    main()
