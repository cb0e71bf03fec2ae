/* What the bootrom looks for in flash: the vector table, and a block that says what the image is. */
#include "chip.h"
#include "musca.h"
#include "parts.h"

extern uint32_t stack_end[];

/* Exceptions 1 to 15, then interrupts 0 to 51 (3.2); those not named here are never enabled. */
extern const struct vector_table {
    uint32_t *stack;
    void (*handlers[67])(void);
} vectors;

__attribute__((section(".vectors"), used)) const struct vector_table vectors = {
    stack_end,
    {
        [0] = reset,
        [1] = hard_fault, /* NMI */
        [2] = hard_fault,
        [3] = hard_fault, /* MemManage, and the three that follow: only taken where they are enabled */
        [4] = hard_fault,
        [5] = hard_fault,
        [6] = hard_fault,
        [10] = hard_fault, /* SVCall */
        [13] = hard_fault, /* PendSV */
        [14] = hard_fault, /* SysTick */
        [15 + IRQ_TIMER_0] = keep_alive_interrupt,
        [15 + IRQ_TIMER_1] = nap_interrupt,
        [15 + IRQ_USBCTRL] = usb_interrupt,
        [15 + IRQ_UART0] = uart_interrupt,
        [15 + MUSCA_IRQ_TIMER0] = musca_wrap_interrupt,
        [15 + MUSCA_IRQ_TIMER1] = musca_nap_interrupt,
        [15 + MUSCA_IRQ_UART] = uart_interrupt,
    },
};

/* IMAGE_DEF (5.9.5): a loop of one block, which holds one item. */
enum {
    BLOCK_START = 0xffffded3,
    ITEM_IMAGE_TYPE = 0x42 | 1 << 8, /* of one word; its upper half says: */
    IMAGE_TYPE = 0x1021,             /* executable, Arm, secure, RP2350 */
    ITEM_LAST = 0xff | 1 << 8,       /* one word of items so far */
    NEXT_BLOCK = 0,                  /* this one again */
    BLOCK_END = 0xab123579,
};

__attribute__((section(".image_def"), used)) static const uint32_t image_def[] = {
    (uint32_t)BLOCK_START, ITEM_IMAGE_TYPE | (uint32_t)IMAGE_TYPE << 16, ITEM_LAST, NEXT_BLOCK, (uint32_t)BLOCK_END,
};
