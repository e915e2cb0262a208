"""peers.py COUNT SEED PAIRS WORDS: random input, with what widely used implementations say of it.

PAIRS gets pairs of strings with edit distances and Jaro similarities by rapidfuzz, WORDS gets words
with their codes by jellyfish and Metaphone; both in the text format of COPY.
"""
import random
import sys

import jellyfish
from metaphone import doublemetaphone
from rapidfuzz.distance import OSA, Jaro, JaroWinkler, Levenshtein

# Ranges of code points: ASCII, Latin, Greek, Cyrillic, Hebrew, Arabic, Devanagari, Thai, kana, Han,
# Hangul, combining marks, and beyond the basic plane emoji, Gothic and rare Han.
ALPHABETS = [
    [(0x61, 0x7A)], [(0x61, 0x66)], [(0x20, 0x7E)], [(0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x17F)],
    [(0x391, 0x3C9)], [(0x410, 0x44F)], [(0x5D0, 0x5EA)], [(0x621, 0x64A)], [(0x905, 0x94D)],
    [(0xE01, 0xE30)], [(0x3041, 0x3096), (0x30A1, 0x30FA)], [(0x4E00, 0x4E40)], [(0x4E00, 0x9FA5)],
    [(0xAC00, 0xAC80)], [(0x61, 0x65), (0x300, 0x305)], [(0x1F600, 0x1F610), (0x61, 0x63)],
    [(0x10330, 0x1034A)], [(0x20000, 0x20010), (0x4E00, 0x4E10)], [(1, 0xD7FF), (0xE000, 0x10FFFF)],
]
LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
BEGINNINGS = ['', '', '', 'MAC', 'MC', 'KN', 'K', 'PH', 'PF', 'SCH', 'GN', 'WR', 'X', 'SC', 'CH', 'TH', 'WH', 'VAN', 'J']
MIDDLES = ['EV', 'GH', 'GHT', 'SCH', 'CK', 'CQ', 'CIA', 'TIO', 'TCH', 'DG', 'LL', 'HW', 'AW', 'KN', 'PH', 'QU', 'ZZ', 'CC', 'MB', 'H', 'W', 'S']
ENDINGS = ['', '', '', 'EE', 'IE', 'DT', 'RT', 'RD', 'NT', 'ND', 'AY', 'A', 'S', 'AS', 'IX', 'EX', 'SKI', 'WITZ', 'AUX', 'TSCH', 'ES']


def random_length():
    return random.randint(21, 200) if random.random() < 0.15 else random.randint(0, 20)


def random_string(alphabet, length):
    ranges = random.choices(alphabet, k=length)
    return ''.join(chr(random.randint(first, last)) for first, last in ranges)


def edited(value, alphabet):
    """The value after a few edits, exchanges of neighbours and moved pieces among them."""
    symbols = list(value)
    for _ in range(random.choice([0, 1, 1, 2, 3, 5, 10])):
        at = random.randint(0, len(symbols))
        edit = random.randrange(5)
        if edit == 0:
            symbols[at:at] = random_string(alphabet, 1)
        elif edit == 1:
            del symbols[at:at + 1]
        elif edit == 2:
            symbols[at:at + 1] = random_string(alphabet, 1)
        elif edit == 3:
            symbols[at:at + 2] = reversed(symbols[at:at + 2])
        else:
            symbols = symbols[at:] + symbols[:at]
    return ''.join(symbols)


def random_pair():
    alphabet = random.choice(ALPHABETS)
    a = random_string(alphabet, random_length())
    if random.random() < 0.6:
        return a, edited(a, alphabet)
    return a, random_string(alphabet, random_length())


def random_word():
    pieces = [random.choice(BEGINNINGS)]
    for _ in range(random.randint(0, 6)):
        pieces.append(random.choice(MIDDLES) if random.random() < 0.25 else random.choice(LETTERS))
    pieces.append(random.choice(ENDINGS))
    return ''.join(pieces) or random.choice(LETTERS)


def double_metaphone(word):
    """Both codes as an array, twice the same where there is one; empty where nothing sounds."""
    primary, secondary = doublemetaphone(word)
    codes = [code.replace(' ', '') or '""' for code in (primary, secondary or primary)]
    return '{%s,%s}' % tuple(codes) if primary or secondary else ''


def write(file, *fields):
    escaped = (str(f).replace('\\', '\\\\').replace('\t', '\\t').replace('\n', '\\n').replace('\r', '\\r') for f in fields)
    file.write('\t'.join(escaped) + '\n')


def main(count, seed, pairs, words):
    random.seed(int(seed))
    with open(pairs, 'w', encoding='utf-8', newline='') as file:
        for _ in range(int(count)):
            a, b = random_pair()
            write(file, a, b, Levenshtein.distance(a, b), OSA.distance(a, b),
                  repr(Jaro.similarity(a, b)), repr(JaroWinkler.similarity(a, b, prefix_weight=0.1)))
    with open(words, 'w', encoding='utf-8', newline='') as file:
        for _ in range(int(count)):
            word = random_word()
            write(file, word, jellyfish.soundex(word), jellyfish.nysiis(word), double_metaphone(word))


main(*sys.argv[1:])
