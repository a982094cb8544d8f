"""What a graphics card does with livegan: see README.md beside this file."""
