/* MLPerf Tiny's commands, as mlcommons/tiny's benchmark/api answers them. */
#include "board.h"
#include "command.h"
#include "sample.h"
#include "string.h"
#include "text.h"

static void answer_name(struct words *words) {
    (void)words;
    put("m-name-dut-[crimp]\r\n");
}

static void answer_profile(struct words *words) {
    (void)words;
    put("m-profile-[ULPMark for tinyML Firmware V0.0.1]\r\nm-model-[");
    put(crimp_model.name);
    put("]\r\n");
}

static void answer_timestamp(struct words *words) {
    (void)words;
    put_number_line("m-lap-us-", board_microseconds(), "");
}

static void answer_help(struct words *words) {
    (void)words;
    put("crimp. Commands end with a percent sign:\r\n"
        "name, profile, timestamp, help\r\n"
        "db load N: expect N bytes; db HEX: load some; db print\r\n"
        "infer N [W=10]: N inferences after W to warm up; results\r\n"
        "crimp; load N CRC; run; output; layers; tensor I; stack; bootsel\r\n");
}

static void db_load(struct words *words) {
    uint32_t n = 0;
    const char *const word = next_word(words);
    if (*word == '\0') {
        put_error("Command 'db load' requires the # of bytes");
    } else if (!parse_u32(word, &n) || n == 0u) {
        put_error("Command 'db load' must be >0 bytes");
    } else if (n > CRIMP_INPUT_BYTES) {
        put_number_line("e-[Buffer holds no more bytes than ", CRIMP_INPUT_BYTES, "]");
    } else {
        input_expect(n);
        put_number_line("m-[Expecting ", n, " bytes]");
    }
}

static void db_print(void) {
    const uint32_t n = input_filled() + input_missing();
    for (uint32_t i = 0; i < n; i++) {
        if (i % 8u == 0u) put("m-buffer-");
        put_hex(input_bytes[i], 2);
        if (i % 8u == 7u || i + 1u == n) {
            put_end_of_line();
        } else {
            put_char('-');
        }
    }
}

static void db_bytes(const char *hex) {
    uint32_t missing = input_missing();
    if (missing == 0u) {
        put_error("Command 'db load' must come first");
        return;
    }
    for (; *hex != '\0'; hex += 2) {
        if (hex[1] == '\0') {
            put_error("Insufficent number of hex digits"); /* spelled as there */
            return;
        }
        const int high = hex_digit(hex[0]);
        const int low = hex_digit(hex[1]);
        if (high < 0 || low < 0) {
            put_error("Invalid hex digit");
            return;
        }
        input_bytes[input_filled()] = (uint8_t)(high * 16 + low);
        input_add(1);
        if (--missing == 0u) {
            put("m-load-done\r\n"); /* the rest of the digits is disregarded */
            return;
        }
    }
}

static void answer_db(struct words *words) {
    const char *const word = next_word(words);
    if (*word == '\0') {
        put_error("Command 'db' requires a subcommand");
    } else if (same(word, "load")) {
        db_load(words);
    } else if (same(word, "print")) {
        db_print();
    } else {
        db_bytes(word);
    }
}

static int32_t output_value(const uint8_t *at, enum crimp_type type) {
    int16_t half;
    int32_t whole;
    switch (type) {
        case CRIMP_INT8: return (int8_t)*at;
        case CRIMP_UINT8: return *at;
        case CRIMP_INT16: memcpy(&half, at, sizeof half); return half;
        default: memcpy(&whole, at, sizeof whole); return whole;
    }
}

static uint32_t size_of(enum crimp_type type) {
    return type == CRIMP_INT8 || type == CRIMP_UINT8 ? 1u : type == CRIMP_INT16 ? 2u : 4u;
}

/* All outputs in order as real numbers, which is what the runner ranks. */
static void put_results(void) {
    char separator = '[';
    put("m-results-");
    for (uint32_t i = 0; i < crimp_model.output_count; i++) {
        const struct crimp_range range = crimp_model.outputs[i];
        const struct crimp_format *const format = &crimp_model.formats[i];
        const uint32_t step = size_of(format->type);
        for (uint32_t offset = 0; offset < range.bytes; offset += step) {
            const int32_t value = output_value(crimp_model.arena + range.offset + offset, format->type);
            put_char(separator);
            separator = ',';
            if (format->type == CRIMP_FLOAT32) {
                put_float_bits((uint32_t)value);
            } else {
                put_real(((int64_t)value - format->zero_point) * format->mantissa, (int)format->exponent);
            }
        }
    }
    put("]\r\n");
}

static void answer_results(struct words *words) {
    (void)words;
    if (model_has_run()) put_results();
}

static void run_times(uint32_t n) {
    for (; n > 0u; n--) {
        board_alive();
        (void)model_run();
    }
}

static void answer_infer(struct words *words) {
    uint32_t n = 1;
    uint32_t warmups = 10;
    const char *word = next_word(words);
    if (*word != '\0' && (!parse_u32(word, &n) || n == 0u)) {
        put_error("Inference iterations must be >0");
        return;
    }
    word = next_word(words);
    if (*word != '\0' && !parse_u32(word, &warmups)) {
        put_error("Inference warmup must be >=0");
        return;
    }
    if (!input_ready()) return;
    put_number_line("m-warmup-start-", warmups, "");
    text_flush();
    run_times(warmups);
    put("m-warmup-done\r\n");
    put_number_line("m-infer-start-", n, "");
    answer_timestamp(words);
    text_flush();
    run_times(n);
    answer_timestamp(words);
    put("m-infer-done\r\n");
    put_results();
}

const struct command mlperf_commands[] = {
    {"name", answer_name},       {"profile", answer_profile}, {"timestamp", answer_timestamp},
    {"help", answer_help},       {"db", answer_db},           {"infer", answer_infer},
    {"results", answer_results}, {0, 0},
};
