/* A USB serial line: one CDC ACM function (USB CDC 1.2, PSTN 1.2) on the chip's own controller (RP2040 datasheet 4.1, RP2350 datasheet 12.7). Driven by
 * interrupt, so that the host is answered while a model runs. */
#include <stdbool.h>

#include "board.h"
#include "chip.h"
#include "parts.h"
#include "ring.h"
#include "string.h"
#include "usb_descriptors.h"
#include "usb_registers.h"

/* Standard requests (USB 2.0, table 9-4) and CDC's (PSTN 1.2, table 13). */
enum {
    GET_STATUS = 0x00,
    CLEAR_FEATURE = 0x01,
    SET_FEATURE = 0x03,
    SET_ADDRESS = 0x05,
    GET_DESCRIPTOR = 0x06,
    GET_CONFIGURATION = 0x08,
    SET_CONFIGURATION = 0x09,
    GET_INTERFACE = 0x0a,
    SET_INTERFACE = 0x0b,
    SET_LINE_CODING = 0x20,
    GET_LINE_CODING = 0x21,
    SET_CONTROL_LINE_STATE = 0x22,
    SEND_BREAK = 0x23,
};

enum { TO_HOST = 0x80, TYPE = 0x60, TYPE_STANDARD = 0x00, TYPE_CLASS = 0x20, TO_ENDPOINT = 0x02 };
enum { TOUCH_BAUD = 1200, PATIENCE_MICROSECONDS = 1000000 };

struct setup {
    uint8_t type;
    uint8_t request;
    uint16_t value;
    uint16_t index;
    uint16_t length;
};

/* Baud, stop bits, parity, data bits (PSTN 1.2, table 17); kept because the host asks for it back. */
static uint8_t line_coding[LINE_CODING_BYTES] = {0x00, 0xc2, 0x01, 0x00, 0, 0, 8};

static struct ring received;
static volatile bool in_busy;    /* a packet to the host is on its way */
static volatile bool out_held;   /* a packet from the host waits for room in the ring */
static volatile uint8_t configuration;
static bool deaf;                /* the host has not fetched in time: drop until it speaks again */
static uint32_t gathered;        /* bytes in the buffer to the host */
static bool end_needed;          /* the last packet was full, so the transfer has not ended */
static uint32_t data_pid[2][3];  /* next DATA0/DATA1 by direction and endpoint */

static const uint8_t *reply;     /* rest of what endpoint 0 sends */
static uint32_t reply_left;
static bool reply_end_needed;
static uint8_t new_address;
static bool expects_line_coding;
static bool touched;

static uint8_t *buffer_of(uint32_t endpoint, bool in) {
    return (uint8_t *)(endpoint == 0u ? USB_EP0_BUFFER : endpoint == NOTIFY_ENDPOINT ? BUFFER_NOTIFY
                       : in ? BUFFER_TO_HOST : BUFFER_FROM_HOST);
}

/* Hands a buffer to the controller. AVAILABLE must follow the other bits by three of its slower clocks (4.1.2.5.1). */
static void start(uint32_t endpoint, bool in, uint32_t length) {
    const uint32_t control = length | data_pid[in ? 1 : 0][endpoint] | (in ? USB_BUFFER_FULL : 0u);
    data_pid[in ? 1 : 0][endpoint] ^= USB_BUFFER_DATA1;
    REGISTER(USB_BUFFER_CONTROL(endpoint, in)) = control;
    __asm volatile("b 1f\n1: b 1f\n1: b 1f\n1: b 1f\n1: b 1f\n1:" ::: "memory");
    REGISTER(USB_BUFFER_CONTROL(endpoint, in)) = control | USB_BUFFER_AVAILABLE;
}

static void listen(void) { start(DATA_ENDPOINT, false, PACKET_BYTES); }

static void reply_next(void) {
    const uint32_t n = reply_left < PACKET_BYTES ? reply_left : PACKET_BYTES;
    memcpy(buffer_of(0, true), reply, n);
    reply += n;
    reply_left -= n;
    if (reply_left == 0u && n < PACKET_BYTES) reply_end_needed = false;
    start(0, true, n);
}

static void send_reply(const void *bytes, uint32_t n, uint32_t wanted) {
    reply = bytes;
    reply_left = n < wanted ? n : wanted;
    reply_end_needed = n < wanted; /* shorter than asked for: ends with a packet that is not full */
    reply_next();
}

static void acknowledge(void) { send_reply(0, 0, 0); }

static void stall(void) {
    REGISTER(USB_EP_STALL_ARM) = 3;
    REGISTER(USB_BUFFER_CONTROL(0, true)) = USB_BUFFER_STALL;
    REGISTER(USB_BUFFER_CONTROL(0, false)) = USB_BUFFER_STALL;
}

static void configure(uint8_t value) {
    configuration = value;
    memset(data_pid, 0, sizeof data_pid);
    data_pid[1][0] = USB_BUFFER_DATA1;
    in_busy = false;
    out_held = false;
    gathered = 0;
    end_needed = false;
    for (uint32_t endpoint = NOTIFY_ENDPOINT; endpoint <= DATA_ENDPOINT; endpoint++) {
        REGISTER(USB_BUFFER_CONTROL(endpoint, true)) = 0;
        REGISTER(USB_BUFFER_CONTROL(endpoint, false)) = 0;
    }
    if (value != 0u) listen();
}

/* The endpoint starts over with DATA0 (USB 2.0, 9.4.5). */
static void clear_halt(uint32_t address) {
    const uint32_t endpoint = address & 15u;
    const bool in = (address & TO_HOST) != 0u;
    if (endpoint == 0u || endpoint > DATA_ENDPOINT) return;
    data_pid[in ? 1 : 0][endpoint] = 0;
    if (endpoint == DATA_ENDPOINT && !in && !out_held) listen();
}

static void answer_standard(const struct setup *setup) {
    static const uint8_t zeros[2] = {0, 0};
    uint32_t length = 0;
    const void *descriptor = 0;
    switch (setup->request) {
        case GET_DESCRIPTOR:
            descriptor = usb_descriptor(setup->value, &length);
            if (descriptor == 0) break;
            send_reply(descriptor, length, setup->length);
            return;
        case GET_STATUS: send_reply(zeros, 2, setup->length); return;
        case GET_INTERFACE: send_reply(zeros, 1, setup->length); return;
        case GET_CONFIGURATION: send_reply((const uint8_t *)&configuration, 1, setup->length); return;
        case SET_ADDRESS:
            new_address = (uint8_t)setup->value;
            acknowledge();
            return;
        case SET_CONFIGURATION:
            configure((uint8_t)setup->value);
            acknowledge();
            return;
        case CLEAR_FEATURE:
            if ((setup->type & 0x1fu) == TO_ENDPOINT) clear_halt(setup->index);
            acknowledge();
            return;
        case SET_FEATURE:
        case SET_INTERFACE: acknowledge(); return;
        default: break;
    }
    stall();
}

static void answer_class(const struct setup *setup) {
    switch (setup->request) {
        case SET_LINE_CODING:
            expects_line_coding = true;
            start(0, false, PACKET_BYTES);
            return;
        case GET_LINE_CODING: send_reply(line_coding, sizeof line_coding, setup->length); return;
        case SET_CONTROL_LINE_STATE:
        case SEND_BREAK: acknowledge(); return;
        default: stall(); return;
    }
}

static void take_setup(void) {
    struct setup setup;
    memcpy(&setup, (const void *)USB_DPRAM, sizeof setup);
    REGISTER(USB_SIE_STATUS) = USB_SIE_STATUS_SETUP_REC;
    data_pid[0][0] = USB_BUFFER_DATA1; /* data and status stages start with DATA1 */
    data_pid[1][0] = USB_BUFFER_DATA1;
    reply_left = 0;
    reply_end_needed = false;
    expects_line_coding = false;
    new_address = 0;
    if ((setup.type & TYPE) == TYPE_STANDARD) {
        answer_standard(&setup);
    } else if ((setup.type & TYPE) == TYPE_CLASS) {
        answer_class(&setup);
    } else {
        stall();
    }
}

/* A packet on endpoint 0 has gone out: the next one, or what the end of the transfer means. */
static void reply_sent(void) {
    if (new_address != 0u) {
        REGISTER(USB_ADDR_ENDP) = new_address;
        new_address = 0;
    }
    if (touched) board_bootloader();
    if (reply_left > 0u || reply_end_needed) {
        reply_next();
    } else if (reply != 0) {
        reply = 0;
        data_pid[0][0] = USB_BUFFER_DATA1;
        start(0, false, 0); /* the host's acknowledgement */
    }
}

static void take_line_coding(void) {
    if (!expects_line_coding) return;
    expects_line_coding = false;
    memcpy(line_coding, buffer_of(0, false), sizeof line_coding);
    const uint32_t baud = line_coding[0] | (uint32_t)line_coding[1] << 8 | (uint32_t)line_coding[2] << 16;
    touched = baud == TOUCH_BAUD; /* and goes to the bootloader once this is acknowledged */
    acknowledge();
}

static void take_packet(void) {
    const uint8_t *const bytes = buffer_of(DATA_ENDPOINT, false);
    const uint32_t n = REGISTER(USB_BUFFER_CONTROL(DATA_ENDPOINT, false)) & USB_BUFFER_LENGTH;
    out_held = ring_space(&received) < n;
    if (out_held) return;
    for (uint32_t i = 0; i < n; i++) ring_put(&received, bytes[i]);
    listen();
}

static bool buffer_done(uint32_t endpoint, bool in) {
    const uint32_t bit = USB_BUFFER_BIT(endpoint, in);
    if ((REGISTER(USB_BUFF_STATUS) & bit) == 0u) return false;
    REGISTER(USB_BUFF_STATUS) = bit;
    return true;
}

void usb_interrupt(void) {
    const uint32_t status = REGISTER(USB_INTS);
    if ((status & USB_INT_BUS_RESET) != 0u) {
        REGISTER(USB_ADDR_ENDP) = 0;
        configure(0);
        REGISTER(USB_SIE_STATUS) = USB_SIE_STATUS_BUS_RESET;
    }
    /* What is done comes before what is asked next. */
    if ((status & USB_INT_BUFF_STATUS) != 0u) {
        if (buffer_done(0, true)) reply_sent();
        if (buffer_done(0, false)) take_line_coding();
        if (buffer_done(DATA_ENDPOINT, true)) in_busy = false;
        if (buffer_done(DATA_ENDPOINT, false)) take_packet();
        (void)buffer_done(NOTIFY_ENDPOINT, true);
    }
    if ((status & USB_INT_SETUP_REQ) != 0u) take_setup();
}

int usb_receive(void) {
    if (out_held) {
        disable_interrupts();
        if (out_held) take_packet();
        enable_interrupts();
    }
    const int byte = ring_get(&received);
    if (byte >= 0) deaf = false;
    return byte;
}

/* Polls, so that it also works with interrupts off: after a fault. */
static bool wait_for_buffer(void) {
    if (configuration == 0u || deaf) return false;
    const uint64_t since = time_microseconds();
    while (in_busy) {
        uint32_t masked;
        __asm volatile("mrs %0, primask\n\tcpsid i" : "=r"(masked)::"memory");
        usb_interrupt();
        __asm volatile("msr primask, %0" ::"r"(masked) : "memory");
        if (time_microseconds() - since > PATIENCE_MICROSECONDS) {
            deaf = true;
            gathered = 0;
            end_needed = false;
            return false;
        }
    }
    return true;
}

static void submit(void) {
    in_busy = true;
    end_needed = gathered == PACKET_BYTES;
    disable_interrupts();
    start(DATA_ENDPOINT, true, gathered);
    enable_interrupts();
    gathered = 0;
}

void usb_send(const uint8_t *bytes, uint32_t n) {
    uint8_t *const buffer = buffer_of(DATA_ENDPOINT, true);
    for (; n > 0u; n--) {
        if (gathered == 0u && !wait_for_buffer()) return;
        buffer[gathered++] = *bytes++;
        if (gathered == PACKET_BYTES) submit();
    }
}

void usb_flush(void) {
    if (gathered > 0u || (end_needed && wait_for_buffer())) submit();
}

void usb_start(void) {
    memset((void *)USB_DPRAM, 0, USB_DPRAM_BYTES);
    REGISTER(USB_EP_CONTROL(NOTIFY_ENDPOINT, true)) =
        USB_EP_ENABLE | USB_EP_INTERRUPT | USB_EP_INTERRUPT_TYPE | (BUFFER_NOTIFY - USB_DPRAM);
    REGISTER(USB_EP_CONTROL(DATA_ENDPOINT, true)) =
        USB_EP_ENABLE | USB_EP_INTERRUPT | USB_EP_BULK | (BUFFER_TO_HOST - USB_DPRAM);
    REGISTER(USB_EP_CONTROL(DATA_ENDPOINT, false)) =
        USB_EP_ENABLE | USB_EP_INTERRUPT | USB_EP_BULK | (BUFFER_FROM_HOST - USB_DPRAM);
    usb_name_board();
    REGISTER(USB_MUXING) = USB_MUXING_PHY_SOFTCON;
    REGISTER(USB_PWR) = USB_PWR_VBUS_DETECTED; /* powered by the host, or not there at all */
    REGISTER(USB_MAIN_CTRL) = USB_MAIN_CTRL_ENABLE;
    REGISTER(USB_SIE_CTRL) = USB_SIE_CTRL_EP0_INT_1BUF | USB_SIE_CTRL_PULLUP;
    REGISTER(USB_INTE) = USB_INT_BUFF_STATUS | USB_INT_BUS_RESET | USB_INT_SETUP_REQ;
    enable_interrupt(IRQ_USBCTRL);
}
