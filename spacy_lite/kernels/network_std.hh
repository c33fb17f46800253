// Standard headers of the network kernels, included before any instruction set is switched on: an inline function of the
// standard library compiled for AVX-512 must never be the copy the linker keeps for everybody.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
