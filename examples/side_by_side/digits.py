# The digits of the Gradus programs, from the file that `write_digits` makes: DIGITS=digits.npz.
import os

import numpy as np
import torch

_arrays = {name: torch.from_numpy(a) for name, a in np.load(os.environ["DIGITS"]).items()}
x_train, y_train = _arrays["x_train"], _arrays["y_train"]
x_test, y_test = _arrays["x_test"], _arrays["y_test"]
