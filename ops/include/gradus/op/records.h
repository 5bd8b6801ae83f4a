// The records of all ops, by the header of their functions: for passes, diagrams and tests, which
// ask what a node is (`&program.op(id) == &add_op`).
#pragma once

#include <gradus/op/op.h>

namespace gradus {

// activation_gradients.h
extern const Op elu_grad_op, relu_grad_op, sigmoid_grad_op, tanh_grad_op;
// activations.h
extern const Op elu_op, relu_op, leaky_relu_op, prelu_op, selu_op, celu_op, sigmoid_op,
    log_sigmoid_op, hard_sigmoid_op, softplus_op, softsign_op, tanh_op, silu_op, mish_op, gelu_op,
    gelu_tanh_op;
// arithmetic.h
extern const Op add_op, subtract_op, multiply_op, divide_op, negative_op, square_op, sqrt_op,
    abs_op, sign_op, maximum_op, minimum_op;
// broadcast.h
extern const Op broadcast_to_op, broadcast_like_op, sum_like_op;
// comparison.h
extern const Op equal_op, not_equal_op, less_op, less_equal_op, greater_op, greater_equal_op,
    where_op;
// convolution.h
extern const Op conv2d_op, conv2d_transpose_op, conv2d_input_grad_op, conv2d_filter_grad_op;
// creation.h
extern const Composite full_composite, zeros_composite, ones_composite, range_composite,
    linspace_composite, eye_composite;
// cross_entropy.h
extern const Op softmax_cross_entropy_with_logits_op, sparse_softmax_cross_entropy_with_logits_op,
    sigmoid_cross_entropy_with_logits_op, one_hot_like_op;
// cumulative.h
extern const Op cumsum_op, cumprod_op, linear_recurrence_op;
// custom_gradient.h
extern const Op custom_gradient_op;
// diagonals.h
extern const Op diag_op, diag_part_op, diag_part_grad_op, tril_op, triu_op;
extern const Composite trace_composite;
// division.h
extern const Op floor_divide_op, mod_op, clip_op;
extern const Composite add_n_composite;
// dropout.h
extern const Composite dropout_composite;
// exponential.h
extern const Op exp_op, expm1_op, log_op, log1p_op;
// hyperbolic.h
extern const Op sinh_op, cosh_op, asinh_op, acosh_op, atanh_op, erf_op;
// indexing.h
extern const Op gather_op, scatter_add_op, gather_nd_op, scatter_nd_add_op, take_along_axis_op,
    take_along_axis_grad_op, one_hot_op;
// joining.h
extern const Op concat_op, concat_grad_op, stack_op;
extern const Composite unstack_composite, split_composite;
// linear_algebra.h
extern const Composite dot_composite, outer_composite, einsum_composite;
// logical.h
extern const Op logical_and_op, logical_or_op, logical_xor_op, logical_not_op;
// matmul.h
extern const Op matmul_op;
// no_nan.h
extern const Op xdivy_op, multiply_no_nan_op;
// normalization.h
extern const Composite l2_normalize_composite, layer_norm_composite, batch_norm_composite,
    batch_norm_inference_composite;
// pooling.h
extern const Op max_pool2d_op, average_pool2d_op, max_pool2d_pick_op, max_pool2d_grad_op,
    average_pool2d_grad_op;
// powers.h
extern const Op reciprocal_op, rsqrt_op, log2_op, hypot_op, squared_difference_op, power_op;
// random_ops.h
extern const Op random_uniform_op, random_normal_op, random_bernoulli_op;
// reductions.h
extern const Op reduce_sum_op, reduce_sum_square_op, reduce_mean_op, reduce_max_op, reduce_min_op,
    reduce_prod_op, reduce_any_op, reduce_all_op, argmax_op, argmin_op;
// regression.h
extern const Composite mean_squared_error_composite, huber_composite;
// repetition.h
extern const Op tile_op, tile_grad_op, repeat_op, repeat_grad_op, roll_op, pad_op, pad_grad_op;
// rounding.h
extern const Op floor_op, ceil_op, round_op, is_nan_op, is_finite_op;
// shapes.h
extern const Op reshape_op, transpose_op, reshape_like_op, expand_like_op, count_ratio_op,
    full_like_op;
extern const Composite zeros_like_composite, ones_like_composite, full_with_batch_of_composite,
    zeros_with_batch_of_composite;
// slicing.h
extern const Op slice_op, slice_grad_op, reverse_op;
// softmax.h
extern const Op softmax_op, log_softmax_op;
// solve.h
extern const Op cholesky_op, triangular_solve_op, solve_op;
// sorting.h
extern const Op argsort_op, top_k_indices_op;
extern const Composite sort_composite, top_k_composite, in_top_k_composite;
// state.h
extern const Op identity_op, stop_gradient_op, cast_op, assign_op, group_op;
// statistics.h
extern const Composite reduce_variance_composite, reduce_std_composite, reduce_logsumexp_composite,
    norm_composite;
// trigonometry.h
extern const Op sin_op, cos_op, tan_op, asin_op, acos_op, atan_op, atan2_op;
// views.h
extern const Op expand_dims_op, squeeze_op;
extern const Composite flatten_composite;

}  // namespace gradus
