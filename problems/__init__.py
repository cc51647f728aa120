"""Problems: the causes behind incidents, their analysis, workarounds and fixes, and what is known of them."""
