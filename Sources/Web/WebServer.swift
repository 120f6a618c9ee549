// The HTTP side.

import Hummingbird
