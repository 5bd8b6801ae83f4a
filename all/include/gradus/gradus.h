// All of Gradus that was built. (Not here: <gradus/graph_view.h>, which brings Boost.Graph, and
// <gradus/eigen.h>, which brings Eigen.)
#pragma once

#include <gradus/activation.h>
#include <gradus/array.h>
#include <gradus/at.h>
#include <gradus/attention.h>
#include <gradus/auto_encoder.h>
#include <gradus/basic_ae.h>
#include <gradus/batches.h>
#include <gradus/callbacks.h>
#include <gradus/check_gradients.h>
#include <gradus/checkpoint.h>
#include <gradus/conv2d.h>
#include <gradus/dense.h>
#include <gradus/derivatives.h>
#include <gradus/dtype.h>
#include <gradus/embedding.h>
#include <gradus/error.h>
#include <gradus/evaluate.h>
#include <gradus/failed_call.h>
#include <gradus/file.h>
#include <gradus/fit.h>
#include <gradus/gradients.h>
#include <gradus/graph.h>
#include <gradus/initializers.h>
#include <gradus/lbfgs.h>
#include <gradus/learning_rate.h>
#include <gradus/losses.h>
#include <gradus/metrics.h>
#include <gradus/model_file.h>
#include <gradus/module.h>
#include <gradus/moving_average.h>
#include <gradus/named_array.h>
#include <gradus/normalization_layers.h>
#include <gradus/npy.h>
#include <gradus/ops.h>
#include <gradus/optimizers.h>
#include <gradus/pass_trace.h>
#include <gradus/pca.h>
#include <gradus/plan_report.h>
#include <gradus/profile.h>
#include <gradus/random.h>
#include <gradus/recurrent.h>
#include <gradus/safetensors.h>
#include <gradus/sequential.h>
#include <gradus/session.h>
#include <gradus/shape.h>
#include <gradus/slopes.h>
#include <gradus/text.h>
#include <gradus/traversal.h>
#include <gradus/weights.h>

#if __has_include(<gradus/mnist.h>)
#include <gradus/csv.h>
#include <gradus/generated_digits.h>
#include <gradus/idx.h>
#include <gradus/image_folder.h>
#include <gradus/mnist.h>
#include <gradus/noisy_sheet.h>
#endif
#if __has_include(<gradus/image_grid.h>)
#include <gradus/image_grid.h>
#endif
#if __has_include(<gradus/plot.h>)
#include <gradus/plot.h>
#endif
#if __has_include(<gradus/formula.h>)
#include <gradus/formula.h>
#endif
#if __has_include(<gradus/diagram.h>)
#include <gradus/diagram.h>
#include <gradus/pass_diagram.h>
#include <gradus/run_values.h>
#endif
#if __has_include(<gradus/page.h>)
#include <gradus/explain.h>
#include <gradus/page.h>
#endif
