"""What editors ask of livegan: mistakes, words and their meaning, and the values of a show."""
