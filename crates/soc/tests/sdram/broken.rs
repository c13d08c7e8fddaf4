//! A controller with one time too short must break exactly that rule: the chip model can see each of them.
