"""The text of the script of one network: plain PyTorch, in the order in which one reads it."""

HEAD = '''\
"""{title}.

Made by the laboratory; runs on its own: python {name}. Needs torch.
Prints the loss of each of the first 20 updates and then of every tenth, before the update.
First weights, batches and dropout come from the same generators as in the laboratory, so its losses
are those of the laboratory up to rounding: to five digits in the first updates. Learning amplifies
rounding, so later ones agree less and less, and in kind.
{link}"""

from __future__ import annotations

import base64
import zlib

import torch
from torch import Tensor, nn

torch.set_num_threads(1)

# The code of the laboratory that draws batches and judges what is said; its annotations tell shapes
# and are never evaluated. What is learned from stands packed at the end.
'''

DRAWN = '''

def uniform(part, bound, rng):
    """Every number of a parameter, drawn evenly between -bound and bound, from one generator."""
    with torch.no_grad():
        part.uniform_(-bound, bound, generator=rng)


def line(inputs, answers, rng):
    """A linear layer without a bias at first."""
    found = nn.Linear(inputs, answers)
    uniform(found.weight, inputs**-0.5, rng)
    nn.init.zeros_(found.bias)
    return found


def table(rows, numbers, spread, rng):
    """An embedding drawn from a normal distribution."""
    found = nn.Embedding(rows, numbers)
    with torch.no_grad():
        found.weight.copy_(spread * torch.randn(rows, numbers, generator=rng))
    return found
'''

LAYER = '''

def layer(inputs, rng):
    """One recurrent layer of one direction, with the bias of the gate that keeps."""
    found = {made}
    for part in found.parameters():
        uniform(part, UNITS**-0.5, rng)
    if KEEPS is not None:
        gate, bias = KEEPS
        rows = slice(gate * UNITS, (gate + 1) * UNITS)
        here, beside = (each for name, each in found.named_parameters() if "bias" in name)
        with torch.no_grad():
            here[rows], beside[rows] = bias, 0.0
    return found
'''

OWN_CELL = '''

class Own(nn.Module):
    """A recurrent layer of a cell that torch.nn does not have, step by step."""

    def __init__(self, inputs):
        super().__init__()
        self.weight_ih = nn.Parameter(torch.empty(GATES * UNITS, inputs))
        self.weight_hh = nn.Parameter(torch.empty(GATES * UNITS, UNITS))
        self.bias_ih = nn.Parameter(torch.empty(GATES * UNITS))
        self.bias_hh = nn.Parameter(torch.empty(GATES * UNITS)){more}

    def forward(self, x, carried=None, lengths=None):
        arriving = nn.functional.linear(x, self.weight_ih, self.bias_ih)
        zeros = x.new_zeros(x.shape[1], UNITS)
        state = (zeros, zeros) if carried is None else tuple(part[0] for part in carried)
        found = []
        for time, at in enumerate(arriving):
            after = self.step(at, *state)
            if lengths is not None:  # who has ended stays as it is
                going = (time < lengths)[:, None]
                after = tuple(torch.where(going, a, b) for a, b in zip(after, state))
            state = after
            found.append(state[0])
        return torch.stack(found), tuple(part[None] for part in state)
'''

STEPS = {
    "lstm_peephole": """
    def step(self, arriving, h, c):
        back = nn.functional.linear(h, self.weight_hh, self.bias_hh)
        i, f, g, o = (arriving + back).chunk(4, dim=-1)
        at_i, at_f, at_o = self.peepholes
        kept = torch.sigmoid(f + at_f * c) * c
        c = kept + torch.sigmoid(i + at_i * c) * torch.tanh(g)
        return torch.sigmoid(o + at_o * c) * torch.tanh(c), c
""",
    "lstm_coupled": """
    def step(self, arriving, h, c):
        back = nn.functional.linear(h, self.weight_hh, self.bias_hh)
        i, g, o = (arriving + back).chunk(3, dim=-1)
        i = torch.sigmoid(i)
        c = (1 - i) * c + i * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c
""",
    "gru_before": """
    def step(self, arriving, h, unused):
        both = 2 * UNITS
        back = nn.functional.linear(h, self.weight_hh[:both], self.bias_hh[:both])
        r, z = torch.sigmoid(arriving[:, :both] + back).chunk(2, dim=-1)
        back = nn.functional.linear(r * h, self.weight_hh[both:], self.bias_hh[both:])
        n = torch.tanh(arriving[:, both:] + back)
        return z * h + (1 - z) * n, unused
""",
}
"""One step of each cell that torch.nn does not have: from what arrives, h and c."""

PEEPHOLES = """
        self.peepholes = nn.Parameter(torch.empty(3, UNITS))"""

TORCH_CELLS = {
    "rnn_tanh": "nn.RNN(inputs, UNITS)",
    "rnn_relu": 'nn.RNN(inputs, UNITS, nonlinearity="relu")',
    "lstm": "nn.LSTM(inputs, UNITS)",
    "gru": "nn.GRU(inputs, UNITS)",
}

RECURRENT = '''

class Network(nn.Module):
    """Recurrent layers between an embedding, where codes are read, and a line."""

    def __init__(self, rng):
        super().__init__()
        arriving = INPUTS
        if SYMBOLS:
            self.embedding = table(SYMBOLS, EMBEDDING, SPREAD, rng)
            arriving = EMBEDDING
        if CONVOLVED:
            self.filters = nn.Conv1d(arriving, UNITS, WIDTH)
            uniform(self.filters.weight, (arriving * WIDTH) ** -0.5, rng)
            nn.init.zeros_(self.filters.bias)
            arriving = UNITS
        self.layers, ways = nn.ModuleList(), 2 if MERGE else 1
        for _ in range(LAYERS):
            self.layers.append(nn.ModuleList([layer(arriving, rng) for _ in range(ways)]))
            arriving = ways * UNITS
        self.readout = line(2 * UNITS if MERGE == "side by side" else UNITS, ANSWERS, rng)

    def forward(self, inputs, lengths=None, noise=None):
        x = self.embedding(inputs) if SYMBOLS else inputs
        if CONVOLVED:  # zeros before the first step, so that no filter sees ahead
            along = nn.functional.pad(x.permute(1, 2, 0), (WIDTH - 1, 0))
            x = self.filters(along).relu().permute(2, 0, 1)
        for number, directions in enumerate(self.layers):
            if number:
                x = thinned(x, DROPOUT, noise)
            ways = [directions[0](x)[0]]
            if MERGE:  # the way back begins at each sequence's own end
                ways.append(flipped(directions[1](flipped(x, lengths))[0], lengths))
            x = torch.cat(ways, dim=-1)
        if READS == "end" and MEAN:
            ways = [mean_of(way, lengths) for way in ways]
        elif READS == "end":
            ways = [last_of(ways[0], lengths)] + [way[0] for way in ways[1:]]
        read = ways[0] + ways[1] if MERGE == "sum" else torch.cat(ways, dim=-1)
        return self.readout(thinned(read, DROPOUT, noise))
'''

WINDOW = '''

class Network(nn.Module):
    """A perceptron over the last steps: it has no state."""

    def __init__(self, rng):
        super().__init__()
        numbers = INPUTS
        if SYMBOLS:
            self.embedding = table(SYMBOLS, EMBEDDING, SPREAD, rng)
            numbers = EMBEDDING
        self.hidden = line(WINDOW * numbers, HIDDEN, rng)
        self.readout = line(HIDDEN, ANSWERS, rng)

    def forward(self, inputs, lengths=None, noise=None):
        seen = windowed(self.embedding(inputs) if SYMBOLS else inputs, WINDOW)
        if READS == "end":
            seen = last_of(seen, lengths)
        return self.readout(thinned(self.hidden(seen).relu(), DROPOUT, noise))
'''

UNORDERED = '''

class Network(nn.Module):
    """A line on the mean of what was read: it knows no order."""

    def __init__(self, rng):
        super().__init__()
        numbers = INPUTS
        if SYMBOLS:
            self.embedding = table(SYMBOLS, EMBEDDING, SPREAD, rng)
            numbers = EMBEDDING
        self.readout = line(numbers, ANSWERS, rng)

    def forward(self, inputs, lengths=None, noise=None):
        x = self.embedding(inputs) if SYMBOLS else inputs
        if READS == "end":
            read = mean_of(x, lengths)
        else:
            read = x.cumsum(0) / torch.arange(1, 1 + len(x))[:, None, None]
        return self.readout(thinned(read, DROPOUT, noise))
'''

FRAMES = '''

class Network(nn.Module):
    """The same two convolutions over every frame, and what they find read along time, or not."""

    def __init__(self, rng):
        super().__init__()
        self.convolutions = nn.ModuleList()
        for arriving, filters in ((1, FIRST), (FIRST, SECOND)):
            one = nn.Conv2d(arriving, filters, WIDE, stride=STRIDE, padding=WIDE // 2)
            uniform(one.weight, (arriving * WIDE**2) ** -0.5, rng)
            nn.init.zeros_(one.bias)
            self.convolutions.append(one)
        read = MAPS
        if ALONG == "recurrent":
            self.recurrent = layer(MAPS, rng)
            read = UNITS
        self.readout = line(read, ANSWERS, rng)

    def seen(self, frames):
        x = frames.view(-1, 1, SIDE, SIDE)
        for one in self.convolutions:
            x = one(x).relu()
        return x.flatten(1)

    def forward(self, inputs, lengths=None, noise=None):
        if ALONG == "last":
            read = self.seen(last_of(inputs, lengths))
        else:
            found = self.seen(inputs.flatten(0, 1)).view(*inputs.shape[:2], -1)
            if ALONG == "mean":
                read = mean_of(found, lengths)
            else:
                read = last_of(self.recurrent(found)[0], lengths)
        return self.readout(thinned(read, DROPOUT, noise))
'''

TRANSLATING = '''

class Network(nn.Module):
    """An encoder reads, a decoder writes from its last state, with attention or without."""

    def __init__(self, rng):
        super().__init__()
        self.embedding = table(SYMBOLS, EMBEDDING, SPREAD, rng)
        self.written = table(ANSWERS, EMBEDDING, 1.0, rng)
        self.encoder, self.decoder = layer(EMBEDDING, rng), layer(EMBEDDING, rng)
        if ATTENDS:
            self.attention = nn.Linear(2 * UNITS, UNITS, bias=False)
            uniform(self.attention.weight, (2 * UNITS) ** -0.5, rng)
        self.readout = line(UNITS, ANSWERS, rng)

    def read(self, inputs, lengths):
        """h of the encoder at every sign, where there is one, and its state at each own end."""
        x = self.embedding(inputs)
        if REVERSES:
            x = flipped(x, lengths)
        if isinstance(self.encoder, nn.RNNBase):
            pack = nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)
            packed, last = self.encoder(pack)
            states, _ = nn.utils.rnn.pad_packed_sequence(packed, total_length=len(x))
        else:
            states, last = self.encoder(x, lengths=lengths)
        if REVERSES:
            states = flipped(states, lengths)
        return states, mask(lengths, len(x)), last

    def write(self, source, given, carried, noise):
        """What the decoder says after each sign given, and its state."""
        states, there, _ = source
        hidden, carried = self.decoder(self.written(given), carried)
        if ATTENDS:  # Luong, Pham and Manning (2015): global, dot product
            h, s = hidden.transpose(0, 1), states.transpose(0, 1)
            scores = (h @ s.mT).masked_fill(~there.T[:, None], -torch.inf)
            context = (scores.softmax(-1) @ s).transpose(0, 1)
            hidden = self.attention(torch.cat([context, hidden], -1)).tanh()
        return self.readout(thinned(hidden, DROPOUT, noise)), carried

    def taught(self, inputs, lengths, targets, forcing, rng, noise=None):
        """What it says while it reads the right sign before each step, or often its own."""
        source = self.read(inputs, lengths)
        right = torch.cat([torch.full_like(targets[:1], END), targets[:-1]]).clamp(min=END)
        if forcing >= 1:
            return self.write(source, right, source[2], noise)[0]
        coins = torch.rand(right.shape, generator=rng) < forcing
        found, carried, own = [], source[2], right[0]
        for truth, coin in zip(right, coins):
            said, carried = self.write(source, torch.where(coin, truth, own)[None], carried, noise)
            found.append(said[0])
            own = said[0].argmax(-1)
        return torch.stack(found)
'''

SAYS = '''

def says(network, batch, rng, noise):
    """What a network says of a batch while it learns."""
    return network(batch.inputs, batch.lengths, noise)


def held_out_loss(network):
    """The loss on what is never learned from, without dropout."""
    with torch.no_grad():
        return float(problem.loss(network(HELD_OUT.inputs, HELD_OUT.lengths), HELD_OUT))
'''

SAYS_TAUGHT = '''

def says(network, batch, rng, noise):
    """What a network says of a batch while it learns."""
    return network.taught(
        batch.inputs, batch.lengths, batch.targets, problem.forcing, rng, noise
    )


def held_out_loss(network):
    """The loss on what is never learned from, every right sign given, without dropout."""
    of = HELD_OUT
    with torch.no_grad():
        return float(problem.loss(network.taught(of.inputs, of.lengths, of.targets, 1.0, None), of))
'''

LEARN = '''

def learn():
    """Draw the network, learn, and print the losses."""
    weights, data, noise = (torch.Generator().manual_seed(3 * SEED + of) for of in range(3))
    network = Network(weights)
    adam = torch.optim.Adam(network.parameters(), lr=RATE)
    print("update,loss")
    for update in range(1, UPDATES + 1):
        batch = problem.examples(data)
        loss = problem.loss(says(network, batch, data, noise), batch)
        adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), CLIP)
        adam.step()
        if update <= 20 or update % 10 == 0 or update == UPDATES:
            print(f"{update},{loss.item():.9g}", flush=True)
    if HELD_OUT is not None:
        print(f"held out,{held_out_loss(network):.9g}", flush=True)
    return network


def unpacked(text, kind, shape):
    """Numbers that were packed as text, in the least of the types that hold them."""
    packed = bytearray(zlib.decompress(base64.b64decode(text)))
    found = torch.frombuffer(packed, dtype=kind).view(shape)
    return found if kind.is_floating_point else found.long()


# What is learned from, and how the seed, the sizes and the pace were chosen.

'''

END = """

if __name__ == "__main__":
    learn()
"""
