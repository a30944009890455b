"""Every cell by its name: those that menus list, and those that only a file can ask for."""

from collections.abc import Iterator, Mapping

from explorer.cells.activations import activation
from explorer.cells.cell import Cell
from explorer.cells.coupled import CoupledLSTM
from explorer.cells.gru import GRU, GRUBefore
from explorer.cells.lstm import LSTM
from explorer.cells.peephole import PeepholeLSTM
from explorer.cells.rnn import RNN


class Cells(Mapping[str, Cell]):
    """Cells by name. Going through it gives those that are listed, in the order of menus.

    A cell with other activations, which a file may hold, is found under its name too:
    `cells["lstm(sigmoid, relu, relu)"]`.
    """

    def __init__(self, listed: tuple[Cell, ...]) -> None:
        self._listed = {cell.name: cell for cell in listed}
        self._varied: dict[str, Cell] = {}

    def __getitem__(self, name: str) -> Cell:
        found = self._listed.get(name) or self._varied.get(name)
        if found is None:
            found = self._varied[name] = self._with_activations(name)
        return found

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and super().__contains__(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed)

    def __len__(self) -> int:
        return len(self._listed)

    def _with_activations(self, name: str) -> Cell:
        family, _, names = name.partition("(")
        if family not in self._listed or not names.endswith(")"):
            raise KeyError(name)
        try:
            asked = [activation(each) for each in names.removesuffix(")").split(", ")]
            found = self._listed[family].by(*asked)
        except ValueError as why:
            raise KeyError(name) from why
        if found.name != name:  # a cell has one name only
            raise KeyError(name)
        return found


CELLS = Cells((RNN("tanh"), RNN("relu"), LSTM(), PeepholeLSTM(), CoupledLSTM(), GRU(), GRUBefore()))
"""Every cell by the name it has in links and files; menus show them in this order."""
