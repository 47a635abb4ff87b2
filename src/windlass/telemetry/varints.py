"""Whole numbers as protobuf writes them: seven bits a byte, the lowest first."""


def read_varint(data: bytes, start: int) -> tuple[int, int]:
    """Return a number and where it ends. Raises IndexError when the data end before."""
    byte = data[start]
    if byte < 128:
        return byte, start + 1
    number, shift = 0, 0
    while byte > 127:
        number |= (byte & 127) << shift
        shift += 7
        start += 1
        byte = data[start]
    return number | byte << shift, start + 1


def write_varint(number: int) -> bytes:
    if number < 128:
        return bytes((number,))
    if number < 16384:
        # Most lengths of what is longer than a name.
        return bytes((number & 127 | 128, number >> 7))
    groups = bytearray()
    while number > 127:
        groups.append(number & 127 | 128)
        number >>= 7
    groups.append(number)
    return bytes(groups)
