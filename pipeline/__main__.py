"""`python -m pipeline` is the program `framewatch`."""

from pipeline.cli.app import main

if __name__ == "__main__":
    main()
