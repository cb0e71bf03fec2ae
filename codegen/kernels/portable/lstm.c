#include <stdint.h>

/*
 * What the LSTM kernels share. A row of input or output is one step of one batch; strides count rows. Weights are
 * [unit][input], recurrent weights [unit][unit]; gates are the input's, the forget gate, the cell's, the output's.
 */
struct crimp_lstm {
    int32_t batch;
    int32_t steps;
    int32_t inputs;
    int32_t units;
    int32_t batch_stride;
    int32_t step_stride;
};
