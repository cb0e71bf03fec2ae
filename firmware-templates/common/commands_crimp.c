/* crimp's own commands: bulk data with a CRC, identity, cycles, intermediate tensors. */
#include "board.h"
#include "command.h"
#include "crc32.h"
#include "crimp_target.h"
#include "sample.h"
#include "text.h"

enum { SILENCE_MICROSECONDS = 1000000 };

static void answer_crimp(struct words *words) {
    (void)words;
    const uint32_t numbers[] = {
        CRIMP_INPUT_BYTES,        CRIMP_OUTPUT_BYTES, crimp_model.layer_count,
        crimp_model.tensor_count, CRIMP_CLOCK_HZ,     crimp_model.arena_bytes,
    };
    put("m-crimp-[1,");
    put(crimp_model.name);
    put_char(',');
    put(crimp_model.hash);
    put("," CRIMP_TARGET);
    for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        put_char(',');
        put_u64(numbers[i]);
    }
    put_char(',');
    put(board_counts());
    put("]\r\n");
}

static bool parse_crc(const char *word, uint32_t *value) {
    uint32_t result = 0;
    for (unsigned i = 0; i < 8u; i++) {
        const int digit = hex_digit(word[i]);
        if (digit < 0) return false;
        result = (result << 4) | (uint32_t)digit;
    }
    *value = result;
    return word[8] == '\0';
}

/* Fills the input from the port; false after a second of silence. */
static bool receive_input(unsigned port) {
    uint64_t heard = board_microseconds();
    uint32_t known = 0;
    while (input_missing() > 0u) {
        const int byte = board_receive(port);
        if (byte >= 0) {
            input_bytes[input_filled()] = (uint8_t)byte;
            input_add(1);
            continue;
        }
        /* Bytes come in bursts: the clock is read once for each. */
        const uint64_t now = board_microseconds();
        if (input_filled() != known) {
            known = input_filled();
            heard = now;
            board_alive();
        }
        if (now - heard >= SILENCE_MICROSECONDS) return false;
        board_sleep(SILENCE_MICROSECONDS - (uint32_t)(now - heard));
    }
    return true;
}

static void answer_load(struct words *words) {
    uint32_t n = 0;
    uint32_t crc = 0;
    if (!parse_u32(next_word(words), &n) || n != CRIMP_INPUT_BYTES) {
        put_number_line("e-[Command 'load' takes ", CRIMP_INPUT_BYTES, " bytes]");
        return;
    }
    if (!parse_crc(next_word(words), &crc)) {
        put_error("Command 'load' requires a CRC of 8 hex digits");
        return;
    }
    input_expect(n);
    put_number_line("m-[Expecting ", n, " bytes]");
    text_flush();
    const bool complete = receive_input(words->port);
    if (complete && crc32(0, input_bytes, n) == crc) {
        put("m-load-done\r\n");
    } else {
        input_expect(0);
        put_error(complete ? "crc" : "timeout");
    }
}

static void answer_run(struct words *words) {
    const char *const word = next_word(words);
    uint32_t which = model_runs() + 1u;
    if (!input_ready()) return;
    if (*word != '\0' && *word != '#' && (!parse_u32(word, &which) || which < model_runs() || which > model_runs() + 1u)) {
        put_error("Not the next inference on this input");
        return;
    }
    board_alive();
    put_number_line("m-cycles-[", which > model_runs() ? model_run() : model_cycles(), "]");
}

static void answer_reset(struct words *words) {
    (void)words;
    model_reset();
    put("m-reset\r\n");
}

static void answer_layers(struct words *words) {
    static uint64_t cycles[CRIMP_LAYERS + 1]; /* a model may have no layers at all */
    (void)words;
    if (!input_ready()) return;
    board_alive();
    model_run_layers(cycles);
    put("m-layers-[");
    for (uint32_t i = 0; i < crimp_model.layer_count; i++) {
        if (i > 0u) put_char(',');
        put_u64(cycles[i]);
    }
    put("]\r\n");
}

static void put_bulk(const struct crimp_range *ranges, uint32_t count) {
    uint32_t bytes = 0;
    uint32_t crc = 0;
    for (uint32_t i = 0; i < count; i++) {
        bytes += ranges[i].bytes;
        crc = crc32(crc, crimp_model.arena + ranges[i].offset, ranges[i].bytes);
    }
    put("m-bulk-[");
    put_u64(bytes);
    put_char(',');
    put_hex(crc, 8);
    put("]\r\n");
    for (uint32_t i = 0; i < count; i++) put_raw(crimp_model.arena + ranges[i].offset, ranges[i].bytes);
}

static void answer_output(struct words *words) {
    (void)words;
    if (model_has_run()) put_bulk(crimp_model.outputs, crimp_model.output_count);
}

static void answer_tensor(struct words *words) {
    uint32_t index = 0;
    const struct crimp_tensor *tensor = crimp_model.written;
    const struct crimp_tensor *const end = tensor + crimp_model.written_count;
    const bool number = parse_u32(next_word(words), &index);
    while (tensor < end && tensor->index != index) tensor++;
    if (!number || tensor == end) {
        put_error("No such tensor");
        return;
    }
    if (!input_ready()) return;
    board_alive();
    model_run_until(tensor->layer);
    put_bulk(&tensor->range, 1);
}

static void answer_stack(struct words *words) {
    (void)words;
    put("m-stack-[");
    put_u64(board_stack_used());
    put_number_line(",", board_stack_size(), "]");
}

static void answer_bootsel(struct words *words) {
    (void)words;
    put("m-bootsel\r\n");
    put_crc_line();
    put("m-ready\r\n");
    text_flush();
    board_bootloader();
}

const struct command crimp_commands[] = {
    {"crimp", answer_crimp},   {"load", answer_load},   {"run", answer_run},     {"layers", answer_layers},
    {"output", answer_output}, {"tensor", answer_tensor}, {"stack", answer_stack}, {"bootsel", answer_bootsel},
    {"reset", answer_reset},   {0, 0},
};
