"""Names for the arrays that the engine passes around."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
Doubles: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Codes: TypeAlias = NDArray[np.signedinteger]
Matrix: TypeAlias = NDArray[np.floating]
"""Single or double precision, as asked for."""

Mask: TypeAlias = NDArray[np.bool_]
Bits: TypeAlias = NDArray[np.uint8]
"""Eight to a byte, as `numpy.packbits` stores them."""
