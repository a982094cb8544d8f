"""``python -m livegan``."""

from livegan.cli import main

if __name__ == "__main__":
    main()
