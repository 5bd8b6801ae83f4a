#include <gradus/op/table.h>

#include <vector>

#include <gradus/op/records.h>

namespace gradus {
namespace {

// Naming each op pulls its object out of the static library.
constexpr OpSubject subjects[] = {
    {"Sources", {&placeholder_op, &variable_op, &constant_op}},
    {"Arithmetic",
     {&add_op, &subtract_op, &multiply_op, &divide_op, &negative_op, &abs_op, &sign_op, &maximum_op,
      &minimum_op, &clip_op, &square_op, &sqrt_op, &floor_divide_op, &mod_op, &xdivy_op,
      &multiply_no_nan_op},
     {&add_n_composite}},
    {"Exponential functions", {&exp_op, &expm1_op, &log_op, &log1p_op}},
    {"Powers", {&power_op, &reciprocal_op, &rsqrt_op, &log2_op, &hypot_op, &squared_difference_op}},
    {"Trigonometric functions",
     {&sin_op, &cos_op, &tan_op, &asin_op, &acos_op, &atan_op, &atan2_op}},
    {"Hyperbolic functions and erf",
     {&sinh_op, &cosh_op, &asinh_op, &acosh_op, &atanh_op, &erf_op}},
    {"Rounding, NaN and infinity", {&floor_op, &ceil_op, &round_op, &is_nan_op, &is_finite_op}},
    {"Activations",
     {&relu_op, &leaky_relu_op, &prelu_op, &elu_op, &selu_op, &celu_op, &sigmoid_op,
      &log_sigmoid_op, &hard_sigmoid_op, &softplus_op, &softsign_op, &tanh_op, &silu_op, &mish_op,
      &gelu_op, &gelu_tanh_op}},
    {"Gradients of activations", {&elu_grad_op, &relu_grad_op, &sigmoid_grad_op, &tanh_grad_op}},
    {"Comparison and choice",
     {&equal_op, &not_equal_op, &less_op, &less_equal_op, &greater_op, &greater_equal_op,
      &where_op}},
    {"Truth values", {&logical_and_op, &logical_or_op, &logical_xor_op, &logical_not_op}},
    {"Reductions",
     {&reduce_sum_op, &reduce_sum_square_op, &reduce_mean_op, &reduce_max_op, &reduce_min_op,
      &reduce_prod_op, &reduce_any_op, &reduce_all_op, &argmax_op, &argmin_op, &cumsum_op,
      &cumprod_op, &linear_recurrence_op},
     {&reduce_variance_composite, &reduce_std_composite, &reduce_logsumexp_composite,
      &norm_composite}},
    {"Order",
     {&argsort_op, &top_k_indices_op},
     {&sort_composite, &top_k_composite, &in_top_k_composite}},
    {"Linear algebra",
     {&matmul_op, &cholesky_op, &triangular_solve_op, &solve_op},
     {&dot_composite, &outer_composite, &einsum_composite}},
    {"Probabilities and losses",
     {&softmax_op, &log_softmax_op, &softmax_cross_entropy_with_logits_op,
      &sparse_softmax_cross_entropy_with_logits_op, &sigmoid_cross_entropy_with_logits_op},
     {&mean_squared_error_composite, &huber_composite}},
    {"Normalization",
     {},
     {&l2_normalize_composite, &layer_norm_composite, &batch_norm_composite,
      &batch_norm_inference_composite}},
    {"Convolutions and pools",
     {&conv2d_op, &conv2d_transpose_op, &conv2d_input_grad_op, &conv2d_filter_grad_op,
      &max_pool2d_op, &max_pool2d_pick_op, &max_pool2d_grad_op, &average_pool2d_op,
      &average_pool2d_grad_op}},
    {"Random numbers",
     {&random_uniform_op, &random_normal_op, &random_bernoulli_op},
     {&dropout_composite}},
    {"Shapes",
     {&reshape_op, &transpose_op, &expand_dims_op, &squeeze_op, &reverse_op, &broadcast_to_op},
     {&flatten_composite}},
    {"Parts of arrays, and arrays of parts",
     {&slice_op, &slice_grad_op, &concat_op, &concat_grad_op, &stack_op},
     {&split_composite, &unstack_composite}},
    {"Repetition and padding",
     {&tile_op, &tile_grad_op, &repeat_op, &repeat_grad_op, &roll_op, &pad_op, &pad_grad_op}},
    {"Diagonals and triangles",
     {&diag_op, &diag_part_op, &diag_part_grad_op, &tril_op, &triu_op},
     {&trace_composite}},
    {"Tensors of numbers alone",
     {},
     {&full_composite, &zeros_composite, &ones_composite, &range_composite, &linspace_composite,
      &eye_composite}},
    {"Indexing",
     {&gather_op, &scatter_add_op, &gather_nd_op, &scatter_nd_add_op, &take_along_axis_op,
      &take_along_axis_grad_op, &one_hot_op}},
    {"In the form of another tensor",
     {&reshape_like_op, &expand_like_op, &broadcast_like_op, &sum_like_op, &count_ratio_op,
      &full_like_op, &one_hot_like_op},
     {&zeros_like_composite, &ones_like_composite, &full_with_batch_of_composite,
      &zeros_with_batch_of_composite}},
    {"Identity, gradients, effects",
     {&identity_op, &cast_op, &stop_gradient_op, &custom_gradient_op, &assign_op, &group_op}},
};

template <class Record>
std::vector<const Record*> gather(auto OpSubject::*list) {
  std::vector<const Record*> all;
  for (const OpSubject& subject : subjects)
    all.insert(all.end(), (subject.*list).begin(), (subject.*list).end());
  return all;
}

}  // namespace

std::span<const OpSubject> op_subjects() { return subjects; }

std::span<const Op* const> all_ops() {
  static const std::vector<const Op*> all = gather<Op>(&OpSubject::ops);
  return all;
}

std::span<const Composite* const> all_composites() {
  static const std::vector<const Composite*> all = gather<Composite>(&OpSubject::composites);
  return all;
}

}  // namespace gradus
