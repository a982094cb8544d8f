"""What is heard in a sound: levels, onsets, drums, tempo; the same for shows, films and files."""
