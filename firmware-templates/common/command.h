/* A command line cut into words, and the two sets of commands. */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>
#include <stdint.h>

struct words {
    char *rest;
    unsigned port;
};

/* The next word, or an empty string. */
char *next_word(struct words *words);

/* True if the words are the same. */
bool same(const char *a, const char *b);

/* A decimal number below 2147483640 and nothing else. */
bool parse_u32(const char *word, uint32_t *value);

/* Value of a hex digit, or -1. */
int hex_digit(char c);

struct command {
    const char *name;
    void (*answer)(struct words *words);
};

/* Both end with a null name. */
extern const struct command mlperf_commands[];
extern const struct command crimp_commands[];

#endif
