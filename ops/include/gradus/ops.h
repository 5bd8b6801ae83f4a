// All ops.
#pragma once

#include <gradus/activations.h>
#include <gradus/arithmetic.h>
#include <gradus/broadcast.h>
#include <gradus/comparison.h>
#include <gradus/convolution.h>
#include <gradus/cross_entropy.h>
#include <gradus/custom_gradient.h>
#include <gradus/division.h>
#include <gradus/dropout.h>
#include <gradus/exponential.h>
#include <gradus/indexing.h>
#include <gradus/joining.h>
#include <gradus/logical.h>
#include <gradus/matmul.h>
#include <gradus/normalization.h>
#include <gradus/pooling.h>
#include <gradus/random_ops.h>
#include <gradus/reductions.h>
#include <gradus/regression.h>
#include <gradus/shapes.h>
#include <gradus/slicing.h>
#include <gradus/softmax.h>
#include <gradus/state.h>
#include <gradus/views.h>
