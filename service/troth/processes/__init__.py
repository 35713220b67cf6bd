"""The processes that Troth is run as, and how they speak to who keeps them."""
