//! Guesses at passwords and codes went uncounted, told names, or kept the right user out.
