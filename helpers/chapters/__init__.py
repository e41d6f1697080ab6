"""One module or package per notebook: a function per question of the deck, report in, finding or gap out."""
