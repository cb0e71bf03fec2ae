#include "usb_descriptors.h"

#include "crimp_model.h"
#include "crimp_target.h"
#include "parts.h"
#include "string.h"

/* Types (USB 2.0, table 9-5) and CDC's functional subtypes (CDC 1.2, table 13). */
enum { DEVICE = 1, CONFIGURATION = 2, STRING = 3, INTERFACE = 4, ENDPOINT = 5 };
enum { INTERFACE_ASSOCIATION = 11, CS_INTERFACE = 0x24 };
enum { CDC_HEADER = 0, CDC_CALL_MANAGEMENT = 1, CDC_ACM = 2, CDC_UNION = 6 };
enum { CLASS_CDC = 2, SUBCLASS_ACM = 2, CLASS_CDC_DATA = 10 };
/* Class, subclass and protocol of a device whose functions span interfaces (USB ECN on interface associations):
 * what Windows' own serial driver expects. */
enum { CLASS_MISC = 0xef, SUBCLASS_COMMON = 2, PROTOCOL_ASSOCIATION = 1 };
enum { MANUFACTURER = 1, PRODUCT = 2, SERIAL = 3, STRINGS };
enum { SERIAL_DIGITS = 16, CONFIGURATION_BYTES = 75 };

#define LE16(x) (uint8_t)((x) & 0xff), (uint8_t)((x) >> 8)

static const uint8_t device[18] = {
    sizeof device, DEVICE, LE16(0x0200), CLASS_MISC, SUBCLASS_COMMON, PROTOCOL_ASSOCIATION, PACKET_BYTES,
    LE16(CRIMP_USB_VENDOR), LE16(CRIMP_USB_PRODUCT), LE16(0x0100), MANUFACTURER, PRODUCT, SERIAL, 1,
};

static const uint8_t configuration[CONFIGURATION_BYTES] = {
    /* one configuration of two interfaces, powered by the bus, up to 100 mA */
    9, CONFIGURATION, LE16(CONFIGURATION_BYTES), 2, 1, 0, 0x80, 50,
    8, INTERFACE_ASSOCIATION, 0, 2, CLASS_CDC, SUBCLASS_ACM, 0, 0,
    /* interface 0: control, by AT commands' model without protocol */
    9, INTERFACE, 0, 0, 1, CLASS_CDC, SUBCLASS_ACM, 0, 0,
    5, CS_INTERFACE, CDC_HEADER, LE16(0x0120),
    5, CS_INTERFACE, CDC_CALL_MANAGEMENT, 0, 1,
    4, CS_INTERFACE, CDC_ACM, 2, /* line coding and control line state */
    5, CS_INTERFACE, CDC_UNION, 0, 1,
    7, ENDPOINT, 0x80 | NOTIFY_ENDPOINT, 3, LE16(8), 255,
    /* interface 1: data, bulk both ways */
    9, INTERFACE, 1, 0, 2, CLASS_CDC_DATA, 0, 0, 0,
    7, ENDPOINT, DATA_ENDPOINT, 2, LE16(PACKET_BYTES), 0,
    7, ENDPOINT, 0x80 | DATA_ENDPOINT, 2, LE16(PACKET_BYTES), 0,
};

static char serial[SERIAL_DIGITS + 1];

static const char *const strings[STRINGS] = {
    [MANUFACTURER] = "crimp", [PRODUCT] = "crimp " CRIMP_TARGET, [SERIAL] = serial};

void usb_name_board(void) {
    if (!board_serial_number(serial)) memcpy(serial, crimp_model.hash, SERIAL_DIGITS);
}

static const void *string_descriptor(uint32_t index, uint32_t *length) {
    static uint16_t units[1 + 24]; /* header and UTF-16 */
    uint32_t n = 1;
    if (index >= STRINGS) return 0;
    if (index == 0u) {
        units[n++] = 0x0409; /* the only language: English */
    } else {
        for (const char *p = strings[index]; *p != '\0' && n < sizeof units / sizeof units[0]; p++) {
            units[n++] = (uint16_t)*p;
        }
    }
    *length = 2u * n;
    units[0] = (uint16_t)(STRING << 8 | *length);
    return units;
}

const void *usb_descriptor(uint32_t value, uint32_t *length) {
    switch (value >> 8) {
        case DEVICE: *length = sizeof device; return device;
        case CONFIGURATION: *length = sizeof configuration; return configuration;
        case STRING: return string_descriptor(value & 0xffu, length);
        default: return 0;
    }
}
